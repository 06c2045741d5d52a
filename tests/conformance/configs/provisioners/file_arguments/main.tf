resource "terraform_data" "a" {
  provisioner "file" {
  }
  provisioner "file" {
    source = "x"
    content = "y"
    destination = "z"
  }
  provisioner "file" {
    destination = "z"
  }
  provisioner "file" {
    source = ["x"]
    destination = "z"
    nope = 1
  }
}
