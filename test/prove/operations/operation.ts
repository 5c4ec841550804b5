/** What is asked. Plain data, so that a failure can be printed, repeated and made smaller. */
export interface Operation {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Named where a document has several. */
  readonly operationName: string | null;
}
