// Tells the members of a union apart by a key that only one has. The operator `in` would also find what an application
// added to `Object.prototype`.

/** Whether the value itself has the key. */
export function hasOwnKey<Value extends object, Key extends string> (value: Value, key: Key): value is Extract<Value, Record<Key, unknown>> {
  return Object.hasOwn(value, key)
}
