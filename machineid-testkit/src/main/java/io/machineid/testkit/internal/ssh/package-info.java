/** The proxy's SSH server for tunnels. */
@NullMarked
package io.machineid.testkit.internal.ssh;

import org.jspecify.annotations.NullMarked;
