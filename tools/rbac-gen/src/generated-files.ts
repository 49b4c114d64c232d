import { chartFiles } from './chart-files.js';
import { configFiles } from './config-files.js';

/** Every generated file: its path from the root of the workspace, and its text. */
export const generatedFiles = (): ReadonlyMap<string, string> => new Map([...configFiles(), ...chartFiles()]);
