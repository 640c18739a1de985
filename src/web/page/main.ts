// Starts the page.
import { html, render } from 'htm/preact'
import { App } from './app/app.js'

const root = document.getElementById('app')
if (root !== null) render(html`<${App} />`, root)
