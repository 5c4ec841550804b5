/* How often a server has executed a query, and not found its answer in a cache: for the bench, which asks over the channel between parent and child. */
let executions = 0;

export function executed() {
  executions += 1;
}

process.on('message', () => process.send(executions));
// It alone does not keep the process.
process.channel?.unref();
