"""Addresses taken apart, checked and put into one form.

places    the provinces of China with their prefectures and districts, in three languages
chinese   "杭州市西湖区文三路 1 号" -> Zhejiang, Hangzhou, West Lake, 文三路, 1号
postcodes what a postcode looks like, country by country
checking  what is wrong with an address, and how it would be written
regions   the company's region that a place belongs to
"""
