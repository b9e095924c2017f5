/** The auth service and joining. */
@NullMarked
package io.machineid.testkit.internal.auth;

import org.jspecify.annotations.NullMarked;
