/** Generated worlds of infra.yml, for the tests of other rooms. */
export { desiredFrom, load, SAMPLE, worlds } from '../../../src/world/tree/worlds.fixture.ts';
