# Nothing has to be made: pipelines run in the process that starts them.
