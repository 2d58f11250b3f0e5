/** Types of `cluster-key-slot`, which brings none. */
declare module 'cluster-key-slot' {
  const calculateSlot: (key: string) => number;
  export = calculateSlot;
}
