"""What the Remote Service answers: sign-in, REST and SOAP over the world, as values before they are sent. Simulated."""
