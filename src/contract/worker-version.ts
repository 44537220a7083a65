/** A version of the workers of a deployment, as Temporal's Worker Versioning knows it. */
export interface WorkerVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}
