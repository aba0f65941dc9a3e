/**
 * The functions of every platform that the formats use: text to bytes and back. Nothing else of
 * Node or the DOM is known here.
 */
declare var TextEncoder: { new (): { encode(text: string): Uint8Array } }
declare var TextDecoder: {
  new (
    label?: string,
    options?: { fatal?: boolean; ignoreBOM?: boolean },
  ): { decode(bytes: Uint8Array): string }
}
declare function atob(text: string): string
declare function btoa(binary: string): string
