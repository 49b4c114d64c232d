const conditions = ['@sympozium/source'];

/** Lets vitest read workspace packages from their sources. */
export const fromSources = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  environments: { __vitest__: { resolve: { conditions } } }, // where globalSetup runs
};
