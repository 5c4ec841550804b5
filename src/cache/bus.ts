/** Carries messages between instances, fast and without any promise: lost, doubled, late and forged ones do no harm. */
export interface Bus {
  /** To all instances but this one. Never rejects, never waits for anybody. */
  publish(message: Uint8Array): void;
  /** To one instance. Never rejects. */
  send(member: string, message: Uint8Array): void;
  /** Messages for everyone, and those sent to `member`. The function that is returned ends it. */
  subscribe(member: string, receive: (message: Uint8Array) => void): () => void;
  /** Whether messages are likely to arrive now. When not, acknowledgements travel through the ledger alone. */
  readonly isUp: boolean;
}
