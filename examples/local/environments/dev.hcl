# For trying things out: what it holds may go with it.
environment "dev" {
  size = "small"
  values = {
    experiment      = "churn-dev"
    data_on_destroy = "purge"
  }
}

connector "local" "disk" {
  environments = ["dev"]
}
