export { exampleNames } from './new-project.ts';
