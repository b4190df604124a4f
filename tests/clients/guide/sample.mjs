const response = await fetch('https://auth.meshai.dev/v1/mcp/stream', {
  method: 'POST',
  headers: {
    'Authorization': `Bearer ${accessToken}`,
    'Content-Type': 'application/json',
    'Accept': 'text/event-stream'
  },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: '123',
    method: 'tools/call',
    params: {
      name: 'mesh_execute',
      arguments: {
        task: 'Analyze this data'
      }
    }
  })
});

const reader = response.body.getReader();
const decoder = new TextDecoder();

while (true) {
  const { done, value } = await reader.read();
  if (done) break;

  const chunk = decoder.decode(value);
  const lines = chunk.split('\n');

  for (const line of lines) {
    if (line.startsWith('data: ')) {
      const data = line.slice(6);
      if (data === '[DONE]') {
        console.log('Stream complete');
        break;
      }

      try {
        const event = JSON.parse(data);
        handleStreamEvent(event);
      } catch (e) {
        console.error('Failed to parse event:', e);
      }
    }
  }
}

function handleStreamEvent(event) {
  switch (event.type) {
    case 'start':
      console.log('Task started:', event.message);
      break;
    case 'progress':
      console.log(`Progress: ${event.progress}% - ${event.message}`);
      break;
    case 'result':
      console.log('Result:', event.data);
      break;
    case 'error':
      console.error('Error:', event.message);
      break;
  }
}
