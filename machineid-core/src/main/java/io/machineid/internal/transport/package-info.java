/** Connections to the cluster: trust, TLS routing, gRPC channels. */
@NullMarked
package io.machineid.internal.transport;

import org.jspecify.annotations.NullMarked;
