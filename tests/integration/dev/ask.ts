import { runInside } from '../../../src/features/dev/runner/run-inside.ts';
import { connect } from '../../../src/incus/index.ts';

/** Asks for tests in the runner as a process of its own, which can be killed: SOCKET. */
const [, , socket = ''] = process.argv;
const incus = await connect({ socket });
await runInside({ incus, emit: () => {} }, ['dev', 'test-role', '--all'], 'role-tests');
await incus.close();
