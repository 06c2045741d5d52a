import {
  to = terraform_data.b["x"]
  id = "y"
}
