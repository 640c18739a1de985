import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import { nodeResolve } from '@rollup/plugin-node-resolve'

const plugins = [nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs({ ignoreDynamicRequires: true }), json()]

// Each is built alone, so that none shares a file with another.
export default [
  ['app', 'src/app.js'],
  ['single', 'src/single.js'],
  ['pino-rotor-worker', 'pino-rotor/worker']
].map(([name, input]) => ({
  input,
  plugins,
  output: { file: `build/${name}.js`, format: 'cjs', exports: 'auto', inlineDynamicImports: true }
}))
