export { exampleNames, newProject } from './new-project.ts';
