package io.machineid.kubernetes;

/**
 * How far work on a fleet has come.
 *
 * @param <T> what the task returns
 * @param latest what has just ended
 * @param done how many clusters have an outcome
 * @param total how many will have
 */
public record FleetProgress<T>(FleetOutcome<T> latest, int done, int total) {}
