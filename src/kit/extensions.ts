/**
 * Parts of commands that other features bring: the command works without them, and knows by the type alone what they
 * would do. Each is named in the feature that asks for it, and is made in the one that brings it (`Feature.brings`).
 */
// biome-ignore lint/suspicious/noEmptyInterface: features add to it
export interface Extensions {}
