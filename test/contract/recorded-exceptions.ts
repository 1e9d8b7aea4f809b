/**
 * Where ours may differ from a recorded case, and by which rule. The tests hold plans to "at most this": doing better
 * is never a failure.
 */

/**
 * Arguments that may still differ over a recorded state that is not refreshed. Each is a case in which the peer's own
 * second plan is not empty, because what it stored is not what was asked for; only a look at the engine tells ours
 * that there is nothing to do.
 */
export const AT_MOST: Readonly<Record<string, readonly string[]>> = {
  // Stored as container:ID; that NAME is this container is known to the engine alone.
  'peerbug-network-mode-container-name/1 docker_container.side': ['network_mode'],
  // Stored as no ports at all, as the engine publishes none on the host network.
  'peerbug-ports-host-network/1 docker_container.ports': ['ports'],
  // Stored as must_run = false and no ports, as the container was never started.
  'peerbug-start-false/1 docker_container.plain': ['must_run'],
  'peerbug-start-false/1 docker_container.port': ['ports', 'must_run'],
};

/** Arguments that the engine does not keep apart: changing the first may change the others with it. */
export const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  attach: ['must_run'],
  memory: ['memory_swap'],
  privileged: ['security_opts'],
  start: ['must_run'],
};

/** Changes that mean nothing to some objects: a container that ended as it should is not started to please must_run. */
export const MAY_MEAN_NOTHING: ReadonlySet<string> = new Set(['must_run']);
