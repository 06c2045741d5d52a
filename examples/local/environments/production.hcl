# Only a saved plan is applied here, and data is never deleted along with the stack.
environment "production" {
  size      = "medium"
  protected = true
}

connector "local" "disk" {
  environments = ["production"]
}
