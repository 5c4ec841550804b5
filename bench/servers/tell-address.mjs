/* What the bench waits for. */
export const tellAddress = (server) => console.log(`answers at http://127.0.0.1:${server.address().port}/graphql`);
