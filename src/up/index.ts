export { type Daemon, type DaemonChoice, openDaemon } from './daemon.ts';
export { exampleNames, newProject } from './new-project.ts';
