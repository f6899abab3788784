/** Which engine a service would get, as the driver found it. */
export interface EngineChoice {
  readonly major: number
  readonly minor: number
  readonly engineId: string
  readonly installed: boolean
  /** Why this one, when the image leaves it open: `the newest that runs here`. */
  readonly reason?: string
  readonly missingExtensions: readonly { readonly name: string; readonly bringsIt: string }[]
}
