// A button that opens a small panel below it. Esc and a click elsewhere close it.
import { html } from 'htm/preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ComponentChildren, VNode } from 'preact'

export function Menu ({ name, children }: { readonly name: string, readonly children: ComponentChildren }): VNode {
  const menu = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const away = (event: Event): void => {
      if (menu.current?.open === true && event.target instanceof Node && !menu.current.contains(event.target)) menu.current.open = false
    }
    addEventListener('pointerdown', away)
    return () => { removeEventListener('pointerdown', away) }
  }, [])
  const close = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || menu.current?.open !== true) return
    event.preventDefault()
    menu.current.open = false
    menu.current.querySelector('summary')?.focus()
  }
  return html`<details class="menu" ref=${menu} onKeyDown=${close}><summary>${name}</summary><div class="panel">${children}</div></details>`
}
