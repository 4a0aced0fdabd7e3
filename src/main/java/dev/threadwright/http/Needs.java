package dev.threadwright.http;

import dev.threadwright.security.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The role that whoever asks must have. Stands on every method that answers requests, or on its class for all of them; what
 * has neither is refused.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Needs {
    Role value();
}
