// A client in JavaScript, with the WebSocket that Node and browsers bring: no
// library, and the key as a subprotocol, because a page can set no header.
//
//     node websocket_client.mjs URL KEY TASK...
//
// Starts the tasks on one connection, follows them to their ends, and tells a
// line of JSON for each message, then one for the close.
const [url, key, ...tasks] = process.argv.slice(2)
const tell = (said, more) => console.log(JSON.stringify({ said, ...more }))

const socket = new WebSocket(url, ['meshai.v1', `bearer.${key}`])
let open = tasks.length

socket.onopen = () => {
  tell('open', { protocol: socket.protocol })
  tasks.forEach((input, ref) =>
    socket.send(JSON.stringify({ op: 'submit', ref, task: { input }, subscribe: true })))
}
socket.onmessage = ({ data }) => {
  tell('message', { message: JSON.parse(data) })
  if (JSON.parse(data).type === 'done' && --open === 0) socket.close(1000, 'all done')
}
socket.onerror = () => tell('error', {})
socket.onclose = ({ code, reason, wasClean }) => tell('close', { code, reason, wasClean })
