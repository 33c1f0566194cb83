/** The packages without types of their own, as far as they are used here. */
declare module '@observablehq/inputs' {
  type Input<Value> = HTMLElement & { value: Value };
  interface Common {
    readonly label?: string;
  }
  export function range(
    extent: readonly [number, number],
    options?: Common & {
      readonly value?: number;
      readonly step?: number;
      readonly transform?: (x: number) => number;
      readonly format?: (x: number) => string | number;
    },
  ): Input<number>;
  export function select<Value>(
    data: Iterable<Value>,
    options?: Common & {
      readonly value?: Value | readonly Value[];
      readonly multiple?: boolean | number;
      readonly format?: (value: Value) => string;
    },
  ): Input<Value>;
  export function radio<Value>(
    data: Iterable<Value>,
    options?: Common & { readonly value?: Value; readonly format?: (value: Value) => string },
  ): Input<Value>;
  export function checkbox<Value>(
    data: Iterable<Value>,
    options?: Common & { readonly value?: readonly Value[]; readonly format?: (value: Value) => string },
  ): Input<readonly Value[]>;
  export function toggle(options?: Common & { readonly value?: boolean }): Input<boolean>;
  export function form<Values extends Readonly<Record<string, unknown>>>(
    inputs: {
      readonly [K in keyof Values]: Input<Values[K]>;
    },
  ): Input<Values>;
}
