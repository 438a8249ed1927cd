"""The tour of `modeldouble demo`: a client's whole inference journey against a fake, with pictures to look at."""
