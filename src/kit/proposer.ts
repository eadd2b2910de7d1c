/** Where the tab key was pressed. */
export interface ProposerContext {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The words before the cursor. */
  readonly typed?: readonly string[];
}

/** Words to propose on the tab key. */
export type Proposer = (context: ProposerContext) => Promise<readonly string[]>;
