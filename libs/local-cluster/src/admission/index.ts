export { createAdmission } from './create-admission.js';
