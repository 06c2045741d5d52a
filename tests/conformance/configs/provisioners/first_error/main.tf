resource "terraform_data" "a" {
  provisioner "local-exec" {
  }
  provisioner "local-exec" {
    command = 5
    nope = 1
  }
  provisioner "local-exec" {
    command = ["x"]
    interpreter = "x"
    environment = [1]
    working_dir = null
    quiet = "maybe"
    block {}
  }
}
