// A store of your own: a container of Azure Blob Storage. pino-rotor calls head() before and after put().
// Needs: npm install @azure/storage-blob, and AZURE_STORAGE_CONNECTION_STRING in the environment.
import { BlobServiceClient } from '@azure/storage-blob'

// pino-rotor retries by itself, with the archive read anew.
const service = BlobServiceClient.fromConnectionString(process.env.AZURE_STORAGE_CONNECTION_STRING, { retryOptions: { maxTries: 1 } })
const container = service.getContainerClient(process.env.AZURE_STORAGE_CONTAINER ?? 'logs')

/** What Azure answers if the blob exists already: 409, or 412 for a blob of another kind. */
const isTaken = ({ statusCode }) => statusCode === 409 || statusCode === 412

/** Stores the stream under the key, whole or not at all, and never in place of something else. */
export async function put (key, stream, { bytes, sha256, md5, signal }) {
  try {
    await container.getBlockBlobClient(key).upload(() => stream, bytes, {
      abortSignal: signal,
      conditions: { ifNoneMatch: '*' },
      blobHTTPHeaders: { blobContentType: 'application/gzip', blobContentMD5: Buffer.from(md5, 'base64') },
      metadata: { sha256 }
    })
  } catch (error) {
    // pino-rotor now calls head() and compares.
    if (!isTaken(error)) throw error
  }
}

/** Says what is stored under the key, or null. */
export async function head (key) {
  try {
    const { contentLength, metadata } = await container.getBlockBlobClient(key).getProperties()
    return { bytes: contentLength, sha256: metadata?.sha256 ?? null }
  } catch (error) {
    if (error.statusCode === 404) return null
    throw error
  }
}
