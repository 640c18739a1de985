// The reading of a collector's answer, beside OpenTelemetry's own.
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import { expect, test } from 'vitest'
import { rejectedRecords } from '../../../src/policy/forwarding/answer.js'

test.each(['{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}', '{"partialSuccess":{}}', '{}'])("reads the answer %s as OpenTelemetry's own serializer does", (answer) => {
  const { partialSuccess } = JsonLogsSerializer.deserializeResponse(Buffer.from(answer))
  expect(rejectedRecords(answer)).toBe(Number(partialSuccess?.rejectedLogRecords ?? 0))
})
