export { createAdmission, type AdmissionOptions } from './create-admission.js';
