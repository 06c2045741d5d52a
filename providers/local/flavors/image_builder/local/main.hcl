# Nothing has to be made: the Docker on this machine builds.
