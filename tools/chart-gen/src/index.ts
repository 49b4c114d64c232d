export { CHARTS, generatedFiles, type ChartName } from './generated-files.js';
export { CASE_NAMESPACES, CHART_CASES, type ChartCase } from './matrix.js';
