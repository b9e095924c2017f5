/** Listening: TLS routing by SNI and ALPN, and the web API. */
@NullMarked
package io.machineid.testkit.internal.listener;

import org.jspecify.annotations.NullMarked;
