// How much of each limit is used. Free space is the other way round: the bar is full when only the reserve is left.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { bytesText, numberText } from '../app/time-text.js'
import type { Limit } from '../../answer-shapes.js'

export function LimitBars ({ limits }: { readonly limits: readonly Limit[] }): VNode | null {
  if (limits.length === 0) return null
  return html`<ul class="limits">${limits.map((limit) => html`<${LimitBar} key=${limit.name} limit=${limit} />`)}</ul>`
}

function LimitBar ({ limit }: { readonly limit: Limit }): VNode {
  const { name, used, allowed, unit } = limit
  const percent = percentOf(limit)
  const text = name === 'disk' ? `${amount(allowed - used, unit)} free` : isFreeSpace(limit) ? `${amount(used, unit)} free, ${amount(allowed, unit)} stay free` : `${unit === 'bytes' ? amount(used, unit) : rounded(used)} of ${amount(allowed, unit)}`
  const state = percent >= 100 ? 'full' : percent >= 85 ? 'high' : 'fine'
  return html`<li><span class="name">${name}</span><meter class=${state} min="0" max="100" value=${percent} aria-label=${`${name}: ${text}`}></meter><span class="amount">${text}</span></li>`
}

function percentOf (limit: Limit): number {
  const { used, allowed } = limit
  if (isFreeSpace(limit)) return used <= 0 ? 100 : Math.min(100, allowed / used * 100)
  return allowed <= 0 ? 100 : Math.min(100, used / allowed * 100)
}

function isFreeSpace ({ name }: Limit): boolean {
  return name.endsWith('free')
}

function amount (value: number, unit: string): string {
  return unit === 'bytes' ? bytesText(value) : `${rounded(value)} ${unit}`
}

function rounded (value: number): string {
  return numberText(Math.round(value * 10) / 10)
}
