// How the page reads server-sent events.
import { expect, test } from 'vitest'
import { EventReader } from '../../../../src/web/page/server/event-stream.js'

test('cuts a stream into events wherever its pieces end', () => {
  const stream = ': heartbeat\n\nid: 7\nevent: lines\ndata: {"a":\ndata: 1}\n\nevent: end\r\ndata: {}\r\n\r\n'
  for (let cut = 0; cut < stream.length; cut++) {
    const reader = new EventReader()
    expect([...reader.read(stream.slice(0, cut)), ...reader.read(stream.slice(cut))]).toEqual([{ name: 'lines', id: '7', data: '{"a":\n1}' }, { name: 'end', id: null, data: '{}' }])
  }
})

test('reads a line that holds other ends of lines than a stream has', () => {
  const data = JSON.stringify({ lines: ['one\u2028two\u2029three\u0085four\rfive'] })
  expect(new EventReader().read(`event: lines\ndata: ${data}\n\n`)).toEqual([{ name: 'lines', id: null, data }])
})
