export { makeDerived } from './derive.ts';
export { keepPristine, type Place, PRISTINE, pristineOf } from './pristine.ts';
export { type Publication, publishState } from './publish.ts';
export { originOf, surveyOf, type Template, templatesAmong } from './survey.ts';
export { surveyTemplates } from './survey-of-project.ts';
