// A worker that takes whatever it is given and keeps none of it: what is left is what thread-stream costs an application.
import { EventEmitter } from 'node:events'

class Drop extends EventEmitter {
  write () {
    return true
  }

  end () {
    setImmediate(() => this.emit('close'))
  }
}

/** @returns {Promise<EventEmitter>} */
export default async () => new Drop()
