import json
import requests
from sseclient import SSEClient

url = 'https://auth.meshai.dev/v1/mcp/stream'
headers = {
    'Authorization': f'Bearer {access_token}',
    'Content-Type': 'application/json',
    'Accept': 'text/event-stream'
}

payload = {
    'jsonrpc': '2.0',
    'id': '123',
    'method': 'tools/call',
    'params': {
        'name': 'mesh_execute',
        'arguments': {
            'task': 'Analyze this data'
        }
    }
}

response = requests.post(url, headers=headers, json=payload, stream=True)
client = SSEClient(response)

for event in client.events():
    if event.data == '[DONE]':
        print('Stream complete')
        break

    try:
        data = json.loads(event.data)

        if data.get('type') == 'progress':
            print(f"Progress: {data.get('progress')}% - {data.get('message')}")
        elif data.get('type') == 'result':
            print(f"Result: {data.get('data')}")
        elif data.get('type') == 'error':
            print(f"Error: {data.get('message')}")

    except json.JSONDecodeError:
        print(f"Failed to parse: {event.data}")
