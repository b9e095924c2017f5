package io.machineid.kubernetes.internal;

import io.machineid.BotMetrics;
import io.machineid.Scheduler;
import java.net.ProxySelector;
import java.time.InstantSource;

/**
 * What is around the clients of an access.
 *
 * @param clock what time it is for the cluster
 * @param timers where to wait
 * @param proxies which HTTP proxy to go through
 * @param metrics who counts; does not throw
 */
public record Surroundings(
    InstantSource clock, Scheduler timers, ProxySelector proxies, BotMetrics metrics) {}
