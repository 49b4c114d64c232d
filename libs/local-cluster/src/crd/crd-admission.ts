import { forbidden } from '../api-error.js';
import type { Admission } from '../rest/object-api.js';
import type { RevisionStore } from '../storage/revision-store.js';

/** Nothing is created of a kind whose CRD is being deleted. */
export const createCrdAdmission = (store: RevisionStore): Required<Pick<Admission, 'admit'>> => ({
  admit: ({ operation, resource, object }) => {
    if (operation !== 'CREATE' || !resource.custom) return;
    const { plural, group } = resource;
    const crd = store.get(`/apiextensions.k8s.io/customresourcedefinitions//${plural}.${group}`);
    if (crd?.metadata.deletionTimestamp === undefined) return;
    const why = 'create not allowed while custom resource definition is terminating';
    throw forbidden(resource, object?.metadata.name ?? '', why);
  },
});
