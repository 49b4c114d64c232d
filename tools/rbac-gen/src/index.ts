export { generatedFiles } from './generated-files.js';
