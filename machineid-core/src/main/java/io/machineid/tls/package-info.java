/** TLS that sends and verifies a name of our choosing. */
@NullMarked
package io.machineid.tls;

import org.jspecify.annotations.NullMarked;
