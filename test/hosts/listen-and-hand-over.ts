/**
 * Listens on an address of the network namespace it runs in, and gives the socket to its parent, which runs in another.
 *
 * usage: node listen-and-hand-over.ts ADDRESS PORT
 */
import { createServer } from 'node:net'

const [, , host = '', port = ''] = process.argv
const server = createServer()
server.listen({ host, port: Number(port) }, () => {
  // Gone at once, or it would take some of the connections and never answer.
  process.send?.('listening', server, () => process.exit())
})
